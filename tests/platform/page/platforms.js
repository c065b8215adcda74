// What each platform's phone does: how something is said to the stand-in, and what of its messages is to be read.
const text = (value) => (typeof value === 'string' ? value : '');

// Everything readable in a card of whatever shape, in order, and its buttons.
function read_card(card) {
    const lines = [], buttons = [];
    (function walk(part) {
        if (Array.isArray(part)) return part.forEach(walk);
        if (!part || typeof part !== 'object') return;
        if (part.tag === 'button') return void buttons.push({ title: text(part.text?.content ?? part.text) });
        if (typeof part.content === 'string' && (!part.tag || /text|md|markdown/.test(part.tag))) lines.push(part.content);
        else if (part.tag === 'text' && typeof part.text === 'string') lines.push(part.text);
        for (const value of Object.values(part)) walk(value);
    })(card);
    return { text: lines.join('\n'), buttons };
}

const wecom_card = (card) => ({
    title: text(card.main_title?.title),
    text: [card.main_title?.desc, card.sub_title_text, ...(card.horizontal_content_list ?? []).map((one) => `${one.keyname}：${one.value}`)].filter(Boolean).join('\n'),
    buttons: (card.button_list ?? []).map((one) => ({ title: one.text, key: one.key })),
    link: card.card_action?.url,
});

// one(delivered) gives {title?, text, buttons?, link?, note?}.
export const kinds = {
    wechat: {
        title: '微信公众号', hook: 'oa', sample: 'oUser-wang',
        verify: (url) => ['/_callback', { url, platform: 'wechat', verify: true }],
        say: (url, who, words) => ['/_callback', { url, platform: 'wechat', message: { FromUserName: who, MsgType: 'text', Content: words } }],
        tap: (url, who, button) => ['/_callback', { url, platform: 'wechat', message: { FromUserName: who, MsgType: 'text', Content: button.title, ...(button.key ? { bizmsgmenuid: button.key } : {}) } }],
        answer: (reply) => (reply?.MsgType === 'text' ? { text: reply.Content } : null),
        one: ({ message }) => message.msgmenu
            ? { text: text(message.msgmenu.head_content), buttons: message.msgmenu.list.map((item) => ({ title: item.content, key: item.id })) }
            : { text: text(message.text?.content) || '[' + (message.msgtype ?? '通知') + ']' },
    },
    wecom: {
        title: '企业微信', hook: 'app', sample: 'li.na',
        verify: (url) => ['/_callback', { url, platform: 'wecom', verify: true }],
        say: (url, who, words) => ['/_callback', { url, platform: 'wecom', message: { FromUserName: who, MsgType: 'text', Content: words } }],
        tap: (url, who, button, delivered) => ['/_click', { url, userid: who, task_id: delivered.task_id, key: button.key }],
        one: (delivered) => {
            const { message } = delivered;
            if (delivered.type === 'card_update') return { note: true, text: '卡片更新：' + (message.button?.replace_name ?? message.template_card?.main_title?.title ?? '') };
            if (delivered.type === 'recall') return { note: true, text: '撤回了一条消息' };
            if (message.template_card) return wecom_card(message.template_card);
            return { text: text(message.text?.content ?? message.markdown?.content) || `[${message.msgtype}]` };
        },
        same: (a, b) => a.toLowerCase() === b.toLowerCase(),
    },
    kf: {
        title: '微信客服', hook: 'kf', sample: 'wmUser-li',
        verify: (url) => ['/_callback', { url, platform: 'wecom', agent_id: 1000003, verify: true }],
        say: (url, who, words) => ['/_kf', { do: 'say', from: who, text: words, url }],
        tap: (url, who, button) => ['/_kf', { do: 'tap', from: who, text: button.title, url }],
        one: ({ message }) => message.msgmenu
            ? { text: text(message.msgmenu.head_content), buttons: message.msgmenu.list.filter((item) => item.click).map((item) => ({ title: item.click.content })), link: message.msgmenu.list.find((item) => item.view)?.view.url }
            : { text: text(message.text?.content) || `[${message.msgtype}]` },
    },
    feishu: {
        title: '飞书', hook: 'lark', sample: 'ou_wang',
        verify: (url) => ['/_feishu', { do: 'verify', url }],
        say: (url, who, words) => ['/_feishu', { do: 'say', from: who, text: words, url }],
        tap: (url, who, button) => ['/_feishu', { do: 'tap', from: who, text: button.title, url }],
        one: (delivered) => ({ note: delivered.type === 'card_update', ...(delivered.message.text ? { text: delivered.message.text } : read_card(delivered.message)) }),
    },
    dingtalk: {
        title: '钉钉', hook: 'ding', sample: 'ding-wang',
        verify: (url) => ['/_dingtalk', { do: 'verify', url }],
        say: (url, who, words) => ['/_dingtalk', { do: 'say', from: who, text: words, url }],
        tap: (url, who, button) => ['/_dingtalk', { do: 'tap', from: who, text: button.title, url }],
        one: ({ message, type }) => ({ note: type === 'card_update', text: [message.title, message.text ?? message.content ?? message.markdown].filter((one) => typeof one === 'string').join('\n') || `[${type}]`,
            buttons: Object.entries(message).filter(([name, value]) => /^button|actionTitle/.test(name) && value).map(([, value]) => ({ title: String(value) })) }),
    },
    aibot: {
        title: '企业微信智能机器人', hook: 'bot', sample: 'zhangsan',
        verify: (url) => ['/_aibot', { do: 'verify', url }],
        say: (url, who, words) => ['/_aibot', { do: 'say', from: who, text: words, url }],
        one: ({ message }) => ({ text: text(message.stream?.content ?? message.markdown?.content ?? message.text?.content) || `[${message.msgtype}]` }),
    },
    robot: { title: '企业微信群机器人', sample: 'robot-key-1', one: ({ message }) => ({ text: text(message.text?.content ?? message.markdown?.content) || `[${message.msgtype}]` }) },
};
