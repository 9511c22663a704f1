"""A page that shows clipboard text as the editor draws it, and opens from disk.

The viewer is the web component `ueblueprint`. A page from disk may not import a module, so source and style sheet stand
in the page itself; nothing is fetched.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Sequence

VIEWER = Path(__file__).parents[1] / "data" / "ueblueprint"

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="data:,">
<style>$viewer_style</style>
<style>
body { margin: 0; padding: 16px; background: #151515; color: #ddd; font: 15px/1.4 system-ui, sans-serif; }
h1 { margin: 0 0 12px; font-size: 20px; font-weight: 600; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 640px), 1fr)); gap: 16px; }
figure { margin: 0; border: 1px solid #333; border-radius: 6px; overflow: hidden; }
figcaption { display: flex; justify-content: space-between; align-items: center; padding: 6px 12px; background: #202020; }
button { padding: 4px 12px; border: 1px solid #555; border-radius: 4px; background: #333; color: #eee; cursor: pointer; }
button:hover { background: #444; }
ueb-blueprint { --ueb-height: $height; }
</style>
</head>
<body>
<h1>$title</h1>
<main>
$figures
</main>
<script type="module">
$viewer
</script>
<script type="module">
$behaviour
</script>
</body>
</html>
""")

FIGURE = Template("""<figure>
<figcaption><span>$caption</span><button type="button">Copy for Unreal</button></figcaption>
<ueb-blueprint><template>$text</template></ueb-blueprint>
</figure>""")

# The graph is fitted to its figure once the viewer has drawn it; its zoom levels are steps, 0 is full size.
BEHAVIOUR = """
const SCALES = [1, .875, .75, .675, .5, .375, .333, .3, .266, .233, .2, .166, .133]
const frame = () => new Promise(resolve => requestAnimationFrame(resolve))

async function fit(viewer) {
    const nodes = viewer.getNodes()
    if (!nodes.length) return
    const least = side => Math.min(...nodes.map(node => node[side]()))
    const most = side => Math.max(...nodes.map(node => node[side]()))
    const [left, right] = [least("leftBoundary"), most("rightBoundary")]
    const [top, bottom] = [least("topBoundary"), most("bottomBoundary")]
    const room = Math.min(viewer.clientWidth / (right - left + 80), viewer.clientHeight / (bottom - top + 160))
    const step = SCALES.findIndex(scale => scale <= room)
    viewer.setZoom(step < 0 ? 1 - SCALES.length : -step, [0, 0])
    for (let pass = 0; pass < 4; pass++) {
        viewer.template.centerViewport((left + right) / 2, (top + bottom) / 2, false)
        await frame()
    }
}

function copy(text) {
    const area = document.createElement("textarea")
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand("copy")
    area.remove()
}

for (const figure of document.querySelectorAll("figure")) {
    const viewer = figure.querySelector("ueb-blueprint")
    const text = viewer.querySelector("template").content.textContent
    figure.querySelector("button").addEventListener("click", () => copy(text))
    viewer.updateComplete.then(async () => {
        for (let pass = 0; pass < 4; pass++) await frame()
        await fit(viewer)
    })
}
"""


def render_page(title: str, graphs: Sequence[tuple[str, str]]) -> str:
    """One figure for each (caption, clipboard text), side by side where the window is wide enough."""
    figures = "\n".join(FIGURE.substitute(caption=escape(caption), text=escape(text)) for caption, text in graphs)
    return PAGE.substitute(title=escape(title), figures=figures, behaviour=BEHAVIOUR, viewer=_source("ueblueprint.js"),
                           viewer_style=_style(), height="calc(100vh - 130px)" if len(graphs) < 3 else "560px")


@cache
def _source(name: str) -> str:
    return (VIEWER / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    """The viewer's style sheet without what it would fetch: fonts (the system's serve) and its source map."""
    return re.sub(r"@font-face\{[^}]*\}|/\*# sourceMappingURL=[^*]*\*/", "", _source("ueb-style.css"))
