// The page's own few words in three languages; what the bot says comes from the service. Each is written, not converted.
import { ref } from 'vue';

export type Language = 'zh-CN' | 'zh-TW' | 'en';

const simplified = {
    service: '物业服务中心',
    language: '语言',
    large: '大字',
    normal: '标准',
    log: '对话',
    back: '返回',
    you: '您说',
    bot: '客服助手',
    staff: '工作人员',
    input: '说说您遇到的事',
    input_hint: '在哪里、发生了什么',
    photo: '照片',
    send: '发送',
    welcome: '您好，我是物业客服助手',
    welcome_text: '说说在哪里、发生了什么，一句话就行。我记下来，交给人处理，再把结果告诉您。',
    example: '比如：3栋2单元501卫生间漏水，电话13812345678',
    danger: '有人受困、着火、漏气，先打',
    start_report: '我要反映问题',
    start_progress: '查办理进度',
    start_person: '找人工',
    loading: '正在取回之前的对话',
    load_failed: '没能取回之前的对话，您写的话还在。',
    again: '再试一次',
    offline: '网络断开了。您照常写，连上后自动发出。',
    reconnecting: '正在重新连接',
    busy: '发得有点快，{seconds}秒后自动再发。',
    sending: '发送中',
    waiting: '排队中',
    not_sent: '没发出去',
    resend: '重发',
    refused_choice: '这个选项用不了了，请点最近一条下面的。',
    refused_long: '这段话太长，分几条发就行。',
    refused_other: '这条没能收下，改一改再发。',
    discard: '删除',
    replying: '正在回复',
    chosen: '已选',
    readback: '请核对，点一行可以改',
    readback_old: '当时核对的内容',
    edit_line: '改第{number}行：{label}',
    add_photo: '加照片',
    ticket: '工单',
    call: '拨打 {phone}',
    call_now: '马上拨打',
    emergency: '紧急情况',
    rate: '请选一张脸',
    rated: '您选的是',
    faces: ['很不满意', '不满意', '一般', '满意', '很满意'],
    photo_alt: '照片',
    photo_too_large: '这张照片太大，换一张小一点的（10MB以内）。',
    photo_unreadable: '这个文件不是能看的照片，换一张试试。',
    uploading: '上传 {percent}%',
    close: '关闭',
    new_messages: '有新消息',
    open_link: '打开',
    timeline: '时间线',
};

export type Words = { [K in keyof typeof simplified]: (typeof simplified)[K] extends string ? string : string[] };

const traditional: Words = {
    service: '物業服務中心',
    language: '語言',
    large: '大字',
    normal: '標準',
    log: '對話',
    back: '返回',
    you: '您說',
    bot: '客服助理',
    staff: '服務人員',
    input: '說說您遇到的事',
    input_hint: '在哪裡、發生了什麼',
    photo: '照片',
    send: '送出',
    welcome: '您好，我是物業客服助理',
    welcome_text: '說說在哪裡、發生了什麼，一句話就行。我記下來，交給人處理，再把結果告訴您。',
    example: '例如：3棟2單元501浴室漏水，電話13812345678',
    danger: '有人受困、失火、瓦斯外洩，請先撥',
    start_report: '我要反映問題',
    start_progress: '查辦理進度',
    start_person: '找真人',
    loading: '正在取回先前的對話',
    load_failed: '沒能取回先前的對話，您寫的話還在。',
    again: '再試一次',
    offline: '網路斷線了。您照常寫，連上後自動送出。',
    reconnecting: '正在重新連線',
    busy: '傳得有點快，{seconds}秒後自動再傳。',
    sending: '傳送中',
    waiting: '排隊中',
    not_sent: '沒送出',
    resend: '重送',
    refused_choice: '這個選項不能用了，請點最近一則下面的。',
    refused_long: '這段話太長，分幾則傳就行。',
    refused_other: '這則沒能收下，改一改再傳。',
    discard: '刪除',
    replying: '正在回覆',
    chosen: '已選',
    readback: '請核對，點一行可以改',
    readback_old: '當時核對的內容',
    edit_line: '改第{number}行：{label}',
    add_photo: '加照片',
    ticket: '工單',
    call: '撥打 {phone}',
    call_now: '立即撥打',
    emergency: '緊急狀況',
    rate: '請選一張臉',
    rated: '您選的是',
    faces: ['很不滿意', '不滿意', '普通', '滿意', '很滿意'],
    photo_alt: '照片',
    photo_too_large: '這張照片太大，請換一張小一點的（10MB以內）。',
    photo_unreadable: '這個檔案不是可以看的照片，請換一張。',
    uploading: '上傳 {percent}%',
    close: '關閉',
    new_messages: '有新訊息',
    open_link: '開啟',
    timeline: '時間線',
};

const english: Words = {
    service: 'Property Service Centre',
    language: 'Language',
    large: 'Larger',
    normal: 'Normal',
    log: 'Conversation',
    back: 'Back',
    you: 'You said',
    bot: 'Service assistant',
    staff: 'Staff',
    input: 'Tell us what happened',
    input_hint: 'Where, and what happened',
    photo: 'Photo',
    send: 'Send',
    welcome: 'Hello, I am the service assistant',
    welcome_text: 'Say where and what, in one sentence. I note it down, hand it to a person and tell you the result.',
    example: 'For example: Building 3, unit 2, flat 501, bathroom is leaking, phone 13812345678',
    danger: 'Someone trapped, fire or gas: first call',
    start_report: 'Report a problem',
    start_progress: 'Check progress',
    start_person: 'Talk to a person',
    loading: 'Fetching the earlier conversation',
    load_failed: 'The earlier conversation could not be fetched. What you write is kept.',
    again: 'Try again',
    offline: 'You are offline. Write on; it is sent when the connection is back.',
    reconnecting: 'Connecting again',
    busy: 'A little fast: sent again in {seconds} seconds.',
    sending: 'Sending',
    waiting: 'In line',
    not_sent: 'Not sent',
    resend: 'Send again',
    refused_choice: 'This choice no longer works. Use those under the newest message.',
    refused_long: 'This is too long. Send it in parts.',
    refused_other: 'This was not taken. Change it and send again.',
    discard: 'Delete',
    replying: 'Replying',
    chosen: 'chosen',
    readback: 'Please check. Tap a line to change it',
    readback_old: 'What was checked then',
    edit_line: 'Change line {number}: {label}',
    add_photo: 'Add a photo',
    ticket: 'Ticket',
    call: 'Call {phone}',
    call_now: 'Call now',
    emergency: 'Emergency',
    rate: 'Please choose a face',
    rated: 'You chose',
    faces: ['Very unhappy', 'Unhappy', 'Fair', 'Happy', 'Very happy'],
    photo_alt: 'Photo',
    photo_too_large: 'This photo is too large. Choose one under 10 MB.',
    photo_unreadable: 'This file is not a photo that can be shown. Try another one.',
    uploading: 'Uploading {percent}%',
    close: 'Close',
    new_messages: 'New messages',
    open_link: 'Open',
    timeline: 'Timeline',
};

export const dictionaries: Record<Language, Words> = { 'zh-CN': simplified, 'zh-TW': traditional, en: english };

export function guess_language(wanted: readonly string[]): Language {
    for (const tag of wanted) {
        const lower = tag.toLowerCase();
        if (/^zh-(tw|hk|mo|hant)/.test(lower)) return 'zh-TW';
        if (lower.startsWith('zh')) return 'zh-CN';
        if (lower.startsWith('en')) return 'en';
    }
    return 'zh-CN';
}

function kept(name: string): string | null {
    try {
        return localStorage.getItem(name);
    } catch {
        return null;
    }
}

export function keep(name: string, value: string): void {
    try {
        localStorage.setItem(name, value);
    } catch {
        // a browser that keeps nothing simply asks again next time
    }
}

const stored = kept('huiyin.language');
const chosen = ref(!!stored && stored in dictionaries);
export const language = ref<Language>(
    chosen.value ? (stored as Language) : guess_language(navigator.languages ?? [navigator.language]),
);

export function choose_language(wanted: Language): void {
    language.value = wanted;
    chosen.value = true;
    keep('huiyin.language', wanted);
}

// As the service is told: what he chose counts for all it says; a guess has less weight than what he writes in.
export function language_wanted(): string {
    return chosen.value ? language.value : `${language.value};q=0.5`;
}
export const large = ref(kept('huiyin.large') === '1');

export function words(): Words {
    return dictionaries[language.value];
}

export function fill(text: string, values: Record<string, string | number>): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
