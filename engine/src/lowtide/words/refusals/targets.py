"""Why a target did not take a message."""

from __future__ import annotations

TARGETS: dict[str, str] = {
    "given up: {said}": "已放弃：{said}",
    "{said}; it says: {why}": "{said}；对方返回：{why}",
    "Feishu cannot read the message, which is a fault of this program: report it": (
        "飞书无法读取该消息，这是本程序的错误，请反馈"
    ),
    "Feishu does not accept the address of this machine: compare the robot's security settings": (
        "飞书不接受本机地址：请核对机器人的安全设置"
    ),
    "Feishu asks for fewer messages": "飞书要求减少消息",
    "Feishu is busy; it is so at full and half hours": "飞书繁忙（整点和半点常见）",
    "WeCom does not know the person, or the app may not write to them": "企业微信没有此人，或应用无权向其发送",
    "WeCom does not trust the address of this machine: add it to the app's settings": (
        "企业微信不信任本机地址：请在应用设置中添加"
    ),
    "WeCom allows 20 messages a minute to a robot": "企业微信机器人每分钟最多 20 条消息",
    "WeCom allows fewer requests at a time": "企业微信要求减少并发请求",
    "WeCom is busy": "企业微信繁忙",
    "WeCom gave no token": "企业微信未返回令牌",
    "DingTalk has cut the robot off: too many messages in a minute": "钉钉已暂停该机器人：一分钟内消息过多",
    "DingTalk is busy": "钉钉繁忙",
    "the access token of the robot is not valid": "机器人的访问令牌无效",
    "the address of the robot is not valid": "机器人的地址无效",
    "the id of the company is not valid": "企业 ID 无效",
    "the keyword is missing: set `keyword` of the target to one of the robot's": (
        "缺少关键词：请将目标的 `keyword` 设为机器人的关键词之一"
    ),
    "the robot is no longer in the group": "机器人已不在群中",
    "the robot is switched off": "机器人已停用",
    "the secret of the app is not valid": "应用的密钥无效",
    "the signature is refused: compare the secret, and the clock of this machine": "签名被拒绝：请核对密钥和本机时钟",
    "the target refuses with a code that is not known here": "目标以未知代码拒收",
    "the token of the app has ended": "应用的令牌已过期",
    "the token of the app is not valid": "应用的令牌无效",
    "it does not accept the signature": "对方不接受签名",
    "it is no longer there": "对方已不存在",
    "it redirects; a redirect is not followed, so mend the address": "对方要求重定向，程序不跟随重定向：请更正地址",
    "it asks for fewer messages": "对方要求减少消息",
    "it answers with status {status}": "对方返回状态 {status}",
    "its answer does not say whether the message was taken": "对方的回答未说明是否已接收消息",
    "standard output cannot be written: {why}": "无法写入标准输出：{why}",
    "the mail server cannot do what is asked: {why}": "邮件服务器无法执行请求：{why}",
    "the connection to the mail server ended during `{step}`: {why}": "与邮件服务器的连接在 `{step}` 时中断：{why}",
    "`{host}` cannot be reached: {why}": "无法连接 `{host}`：{why}",
    "`{host}`: the encrypted connection failed: {why}": "`{host}`：加密连接失败：{why}",
    "`{host}` is reached without encryption; use it, or add its network to `allow:`": (
        "`{host}` 未加密：请使用加密，或将其网络加入 `allow:`"
    ),
    "`{host}` has the address {address}, which is not public; if you mean it, add its network to `allow:`": (
        "`{host}` 的地址 {address} 不是公网地址；如确需使用，请将其网络加入 `allow:`"
    ),
}
"""By the English sentence: the Chinese one."""
