"""
Words that callers use, by the category they hint at: data for the up to three proposals under the first field.

It is a hint, not a judge: the operator chooses. The script matches it on the desk, so that the words of an unsaved
call never leave it. Chinese entries match anywhere, English ones from the beginning of a word; the longer the words
found, the higher the category stands. Categories that close a call without a crew (a question, not a police matter,
no matter) are listed sparingly: a wrong proposal there would cost most.
"""

from __future__ import annotations

KEYWORDS: dict[str, tuple[str, ...]] = {
    "crime": (
        "抢劫", "抢夺", "抢走", "抢了", "偷", "被盗", "盗窃", "入室", "撬", "诈骗", "骗了", "被骗", "转账",
        "强奸", "猥亵",
        "杀人", "砍", "捅", "绑架", "勒索", "贩毒", "跟踪",
        "robb", "mugg", "snatch", "burgl", "stole", "steal", "theft", "thief", "scam", "fraud", "rape", "stab",
        "kidnap", "murder", "blackmail", "break-in", "broke into",
    ),
    "public_order": (
        "打架", "斗殴", "打人", "动手", "持刀", "拿刀", "刀", "闹事", "寻衅", "滋事", "醉酒", "喝醉", "酒后",
        "赌博", "噪音",
        "扰民", "砸", "威胁", "骚扰", "烟花",
        "fight", "brawl", "knife", "threat", "drunk", "gambl", "noise", "loud", "smash", "harass", "vandal",
        "firework",
    ),
    "traffic": (
        "车祸", "撞车", "追尾", "剐蹭", "刮擦", "撞了", "撞倒", "肇事", "逃逸", "酒驾", "堵车", "违停", "事故",
        "电动车", "红绿灯",
        "crash", "collision", "rear-end", "hit and run", "hit-and-run", "ran over", "drink driv", "traffic",
        "scooter",
        "parked across", "blocked road",
    ),
    "disaster": (
        "着火", "起火", "火灾", "冒烟", "爆炸", "坍塌", "倒塌", "洪水", "淹", "地震", "泄漏", "落水", "跳河", "溺水",
        "fire", "smoke", "explo", "collaps", "flood", "earthquake", "leak", "drown", "in the water",
    ),
    "mass_event": (
        "聚集", "群体", "踩踏", "拥挤", "几百人", "上百人", "围堵", "游行", "拉横幅", "罢工",
        "crowd", "stampede", "protest", "hundreds of people", "demonstrat", "riot", "blockade",
    ),
    "dispute": (
        "纠纷", "吵架", "争吵", "吵起来", "争执", "邻居", "拖欠", "欠钱", "不退钱", "退款", "房东", "家暴",
        "夫妻", "老公打", "劳资",
        "dispute", "quarrel", "argu", "neighbour", "neighbor", "landlord", "refund", "unpaid", "owes", "domestic",
        "husband", "wife",
    ),
    "help": (
        "救命", "受伤", "晕倒", "昏迷", "不省人事", "自杀", "跳楼", "轻生", "被困", "困在", "电梯", "开锁",
        "锁在", "救助", "生病",
        "help", "hurt", "injur", "unconscious", "collapsed", "suicide", "jump off", "trapped", "stuck in", "lift",
        "locked out", "locked in",
    ),
    "missing": (
        "走失", "失踪", "走丢", "找不到孩子", "找不到老人", "离家出走", "失联", "迷路", "不见了",
        "missing", "lost child", "cannot find my", "can't find my", "ran away", "wandered off", "disappeared",
    ),
    "utility": (
        "停水", "停电", "漏水", "水管", "燃气", "煤气", "天然气", "电线", "井盖", "路灯", "停暖",
        "power cut", "no power", "no water", "water pipe", "burst pipe", "gas smell", "smell of gas", "wire",
        "manhole",
        "street light",
    ),
    "police_complaint": (
        "投诉民警", "投诉警察", "民警态度", "警察态度", "警察打人", "不作为", "督察",
        "complain about police", "complaint about police", "police officer was rude", "officer rude", "misconduct",
    ),
    "consult": (
        "咨询", "请问怎么办理", "身份证怎么", "户口怎么", "居住证", "护照怎么",
        "how do i apply", "how do i renew", "opening hours", "residence permit", "id card",
    ),
    "non_police": (
        "物业", "快递", "公交", "市政", "绿化", "垃圾没", "空调外机", "12345",
        "parcel", "rubbish", "garbage", "bus timetable", "pothole",
    ),
    "invalid": ("打错", "拨错", "误拨", "wrong number", "dialled by mistake", "test call"),
}  # fmt: skip
