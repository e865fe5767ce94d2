"""The settings of the reader: language, look, keys, browser notifications."""

from __future__ import annotations

ACCOUNT: dict[str, tuple[str, str]] = {
    "view.account.lead": (
        "These settings hold for this browser.",
        "这些设置对此浏览器有效。",
    ),
    "view.account.who": ("Signed in as", "登录身份"),
    "view.account.role": ("Role", "角色"),
    "view.account.person": ("Person", "人员"),
    "view.account.person.none": ("no person of the people file", "不是人员文件中的人"),
    "view.account.local": (
        "Only this machine reaches the desk, so nobody has to sign in.",
        "只有本机能访问值守台，因此无需登录。",
    ),
    "view.account.sign_out": ("Sign out", "退出登录"),
    "view.account.language": ("Language", "语言"),
    "view.account.scheme": ("Look", "外观"),
    "view.account.scheme.auto": ("As the system", "跟随系统"),
    "view.account.scheme.light": ("Light", "浅色"),
    "view.account.scheme.dark": ("Dark", "深色"),
    "view.account.keys": ("Single keys", "单键操作"),
    "view.account.keys.lead": (
        "Keys such as `j` and `a` work on the queue. Switch them off if they get in your way.",
        "在队列中可使用 `j`、`a` 等按键。如有妨碍，可以关闭。",
    ),
    "view.account.notify": ("Browser notifications", "浏览器通知"),
    "view.account.notify.lead": (
        "A pop-up for critical alerts, only while a page of the desk is open. The browser asks you once.",
        "紧急告警弹出通知，仅在打开值守台页面时有效。浏览器会询问一次。",
    ),
    "view.account.notify.refused": (
        "The browser did not allow it. Allow notifications for this address in the settings of the browser.",
        "浏览器未允许。请在浏览器设置中允许此地址发送通知。",
    ),
    "view.account.access": ("Password, sessions, sign out", "密码、会话与退出登录"),
    "view.account.access_local": ("Act as another person", "切换为其他人员"),
    "view.account.on": ("On", "开"),
    "view.account.off": ("Off", "关"),
    "view.account.figures": ("Own figures", "个人指标"),
}
