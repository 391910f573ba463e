"""Alerts in words, English and Chinese: one template a type and language, filled from the alert's own facts."""

from typing import TYPE_CHECKING

from centre.grid import aware

if TYPE_CHECKING:
    from streams.outputs import Alert

TEMPLATES: dict[str, dict[str, str]] = {
    "late": {
        "en": "{agent} has not come: {minutes} min late for {activity} at {start}",
        "zh": "{agent} 未到岗：{start} 起应为{activity}，已迟到 {minutes} 分钟",
    },
    "absent": {
        "en": "{agent} is absent: {minutes} min since {activity} began at {start}",
        "zh": "{agent} 缺勤：{start} 起应为{activity}，已过 {minutes} 分钟",
    },
    "away": {
        "en": "{agent}: {state} since {since} instead of {activity}",
        "zh": "{agent} 脱岗：自 {since} 起为“{state}”，应为{activity}",
    },
    "long_break": {
        "en": "{agent}: still {state}, the pause was over at {since}",
        "zh": "{agent} 休息超时：仍在{state}，自 {since} 起应为{activity}",
    },
    "early_leave": {
        "en": "{agent} logged out at {since}, the shift goes on until {duty_end}",
        "zh": "{agent} 早退：{since} 已签退，班次至 {duty_end}",
    },
    "missing_state": {
        "en": "nothing heard of {agent} since {since}, though on duty for {activity}",
        "zh": "{agent} 无状态：自 {since} 起没有任何消息，应为{activity}",
    },
    "wrong_queue": {
        "en": "{agent} works on {queue} since {since}, rostered on {rostered}",
        "zh": "{agent} 队列不符：自 {since} 起在 {queue}，排班为 {rostered}",
    },
    "below_service": {
        "en": "{queue}: service level {service_level:.0%} in the last {minutes} min, target {target:.0%}",
        "zh": "{queue}：近 {minutes} 分钟服务水平 {service_level:.0%}，目标 {target:.0%}",
    },
    "below_staffing": {
        "en": "{queue}: {staffed} agents there, {required} needed",
        "zh": "{queue}：在岗 {staffed} 人，需要 {required} 人",
    },
    "queue_overload": {
        "en": "{queue}: {waiting} waiting, the longest for {oldest_wait_s:.0f} s",
        "zh": "{queue}：{waiting} 个排队，最长已等 {oldest_wait_s:.0f} 秒",
    },
    "stuck_case": {
        "en": "{queue}: case {case} is open since {since}, past its deadline of {deadline_minutes} min",
        "zh": "{queue}：工单 {case} 自 {since} 滞留，已超过 {deadline_minutes} 分钟时限",
    },
}

NAMES_ZH = {
    "work": "在岗", "break": "小休", "meal": "就餐", "briefing": "班前会", "training": "培训", "meeting": "会议",
    "leave": "请假", "overtime": "加班", "standby": "待命", "off": "休息", "ready": "示闲", "talking": "通话中",
    "wrap_up": "话后处理", "outbound": "外呼", "case_work": "处理工单", "not_ready": "示忙", "logged_out": "签退",
    "unknown": "未知",
}  # fmt: skip
"""Activities and states in the users' own words, those of the board and of every other output."""


def words(alert: "Alert", zone: str) -> dict[str, str]:
    """The alert as a sentence in each language."""
    return {language: _fill(alert, zone, language) for language in ("en", "zh")}


def _fill(alert: "Alert", zone: str, language: str) -> str:
    def clock(second: int) -> str:
        return aware(second, zone).strftime("%H:%M")

    def name(word: str) -> str:
        return NAMES_ZH.get(word, word) if language == "zh" else word.replace("_", " ")

    facts = dict(alert.facts)
    facts.setdefault("minutes", max(0, (alert.at - alert.since) // 60_000_000))
    facts.setdefault("queue", alert.queue)
    facts.setdefault("state", "unknown")
    facts["state"] = name(facts["state"])
    if alert.segment is not None:
        facts["activity"] = name(alert.segment.activity)
        facts["start"] = clock(alert.since // 1_000_000)
        facts["rostered"] = alert.segment.queue
    if "duty_end" in facts:
        facts["duty_end"] = clock(facts["duty_end"])
    return TEMPLATES[alert.type][language].format(agent=alert.agent, since=clock(alert.since // 1_000_000), **facts)
