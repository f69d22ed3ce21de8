"""How the page looks. Colours are properties of the root, so that dark is a matter of a few lines."""

from .style import DARK, LIGHT, Theme


def _colours(theme: Theme, fewer: str, more: str, marked: str, accent: str) -> str:
    return (
        f"--ground:{theme.background};--text:{theme.text};--muted:{theme.muted};--line:{theme.grid};"
        f"--fewer:{fewer};--more:{more};--marked:{marked};--accent:{accent}"
    )


_THEMES = f"""
:root{{color-scheme:light dark;{_colours(LIGHT, "#e3f0fb", "#fdeee0", "#fdf3ec", "#b83a05")}}}
@media (prefers-color-scheme:dark){{:root{{{_colours(DARK, "#14304a", "#44290f", "#2a1e17", "#ff8345")}}}}}
"""

CSS = (
    _THEMES
    + """*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:1rem}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
  "Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
header,section,footer{max-width:72rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
header{padding-top:2.5rem}
h1{font-size:clamp(1.7rem,4vw,2.4rem);line-height:1.15;letter-spacing:-.02em;margin:0 0 .3rem}
h2{font-size:1.4rem;line-height:1.25;letter-spacing:-.01em;margin:3.5rem 0 .8rem;padding-top:.9rem;
  border-top:1px solid var(--line)}
h3{font-size:1.05rem;line-height:1.3;margin:2rem 0 .4rem}
p,li{max-width:44rem}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.when,.note,figcaption{color:var(--muted);font-size:.9rem}
.when{margin:0 0 1.5rem}
.note{margin:.3rem 0 .7rem}
.summary{margin:0;padding:0;list-style:none}
.summary li{margin:0 0 .6rem;padding-left:1rem;border-left:3px solid var(--line)}
.summary li:first-child{font-size:1.2rem;line-height:1.45;border-color:var(--accent)}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:1.6rem 0 0;padding:0;list-style:none;font-size:.95rem}
figure{margin:1.2rem 0 2rem}
.scroll{overflow-x:auto;max-width:100%}
figure.plot img{display:block;width:100%;min-width:40rem;height:auto}
table{border-collapse:collapse;font-size:.875rem;line-height:1.35;font-variant-numeric:tabular-nums}
th,td{padding:.32rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
thead th{vertical-align:bottom;white-space:normal;min-width:5.2rem;max-width:9rem;font-weight:600;color:var(--muted);
  border-bottom:2px solid var(--line)}
th.word,td.word{text-align:left}
tbody th{font-weight:500;text-align:left}
td.word{white-space:normal;min-width:12rem;max-width:38rem}
thead th:first-child,tbody th{position:sticky;left:0;z-index:1;background:var(--ground)}
td.fewer{background:var(--fewer)}
td.more{background:var(--more)}
tr.marked>*,th.marked{background:var(--marked);color:var(--text)}
tr.marked th{font-weight:700}
td.marked{font-weight:600}
details{margin:1.4rem 0;border:1px solid var(--line);border-radius:.5rem;padding:0 1rem}
details[open]{padding-bottom:1rem}
summary{cursor:pointer;padding:.7rem 0;font-weight:600}
section.crops{max-width:124rem}
.crops>h2,.crops>h3,.crops>p{max-width:67rem;margin-left:auto;margin-right:auto}
.crops h4{grid-column:1/-1;font-size:.95rem;font-weight:500;color:var(--muted);margin:1.4rem 0 0}
.row{display:grid;grid-template-columns:repeat(var(--columns),minmax(0,24rem));justify-content:center;gap:.6rem}
.row figure{margin:0}
.row .view{position:relative;aspect-ratio:var(--shape);background:var(--original) 0 0/100% 100% no-repeat}
.row img{display:block;width:100%;height:100%}
.row .view:hover img,.row .view:focus img{opacity:0}
.row figcaption{font-size:.82rem;line-height:1.35;padding-top:.3rem}
.row figcaption b{display:block;color:var(--text);font-weight:600}
@media (max-width:48rem){.row{grid-template-columns:repeat(2,minmax(0,1fr))}
  tbody th{max-width:9rem;white-space:normal}}
footer{margin-top:4rem;padding-bottom:3rem;color:var(--muted);font-size:.85rem}
@media print{figure,tr{break-inside:avoid}}
"""
)
