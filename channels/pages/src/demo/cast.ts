// The people of the demo community, as its directory file has them.
export interface Person {
    login: string;
    name: string;
    role: string;
}

export const password = 'huiyin-demo';
export const cast: Person[] = [
    { login: 'li.na', name: '李娜', role: '前台' },
    { login: 'zhang.qiang', name: '张强', role: '工程' },
    { login: 'liu.yang', name: '刘洋', role: '秩序' },
    { login: 'sun.mei', name: '孙梅', role: '环境' },
    { login: 'wang.fang', name: '王芳', role: '服务中心经理' },
    { login: 'chen.gang', name: '陈刚', role: '项目管理中心' },
    { login: 'zhao.min', name: '赵敏', role: '品管中心' },
];

export const sentence = '3栋2单元501卫生间漏水，已经漏到楼下了，电话13812345678';

export function name_of(login: string | undefined): string {
    if (!login) return '';
    return cast.find((one) => one.login === login)?.name ?? login;
}
