"""What every screen is judged by: axe, its width, the size of what is tapped, and words of the other language."""

import json
import re
import subprocess
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from tests.both_languages import ROOT, node
from tests.browser.screen import Screen

AXE: Final = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
DICTIONARIES: Final = Path(__file__).with_name("dictionaries.ts")
LEAST_PX: Final = 48
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LONG: Final = 8
"""A fragment of the other language counts inside a longer text from this many characters on."""

ASK_AXE: Final = """
async tags => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return found.violations.flatMap(({id, nodes}) => nodes.map(node => `axe ${id}: ${node.html.slice(0, 160)}`));
}
"""
# A label that is tapped for its hidden box is the target; what reaches out by ::after is part of it.
MEASURE: Final = """
least => {
  const found = [];
  const seen = element => {
    const box = element.getBoundingClientRect();
    for (let up = element; up !== null; up = up.parentElement)
      if (getComputedStyle(up).clipPath.startsWith('inset(50%')) return false;
    return box.width > 2 && box.height > 2 &&
      element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  };
  const named = element => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ` +
    (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\\s+/g, ' ').slice(0, 50);
  const reach = (element, side) => {
    const after = getComputedStyle(element, '::after');
    return after.position === 'absolute' && after.content !== 'none' ? Math.max(0, -parseFloat(after[side]) || 0) : 0;
  };
  const targets = new Set();
  for (const one of document.querySelectorAll(
    'button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button], [role=radio]')) {
    const box = one.matches('input[type=radio], input[type=checkbox]') ? one.closest('label') : null;
    targets.add(box ?? one);
  }
  for (const target of targets) {
    if (!seen(target) || target.closest('[inert], dialog:not([open])')) continue;
    if (target.matches('p a, li p a')) continue;
    const box = target.getBoundingClientRect();
    const width = Math.round(box.width + reach(target, 'left') + reach(target, 'right'));
    const height = Math.round(box.height + reach(target, 'top') + reach(target, 'bottom'));
    if (width < least || height < least) found.push(`target ${width}x${height}: ${named(target)}`);
  }
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`page ${wide} px wider than the screen`);
  const scrolls = element => {
    for (let up = element; up !== null; up = up.parentElement) {
      const across = getComputedStyle(up).overflowX;
      if ((across === 'auto' || across === 'scroll') && up.scrollWidth > up.clientWidth) return up;
    }
    return null;
  };
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('svg') || !seen(element)) continue;
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim() !== '')) continue;
    const box = element.getBoundingClientRect();
    if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element)?.matches('[tabindex="0"], .scroll'))
      found.push(`text past the edge: ${named(element)}`);
    const style = getComputedStyle(element);
    if (style.overflowX === 'hidden' && element.scrollWidth > element.clientWidth + 1)
      found.push(`text cut off: ${named(element)}`);
  }
  return found;
}
"""
READ: Final = """
() => {
  const texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const held = node.parentElement;
    if (held.closest('script, style, noscript') || !held.checkVisibility()) continue;
    texts.add(node.textContent.trim().replace(/\\s+/g, ' '));
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      if (element.hasAttribute(name)) texts.add(element.getAttribute(name).trim());
  return [...texts].filter(text => text !== '');
}
"""


@cache
def dictionaries() -> dict[str, list[str]]:
    """What stands in one language's word files and not in the other's, longest first."""
    words = [node(), "--no-warnings", str(DICTIONARIES), str(ROOT / "pwa" / "src")]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    return {language: sorted(words, key=len, reverse=True) for language, words in json.loads(said).items()}


class Judge:
    """Judges one page; `own` are names and free texts of the record, which have no language."""

    def __init__(self, screen: Screen, own: set[str]) -> None:
        self.screen = screen
        told = sorted({text for text in own if len(text) > 1}, key=len, reverse=True)
        self.own = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in told) or r"(?!)", re.IGNORECASE)

    async def faults(self, language: str) -> list[str]:
        """Everything wrong with what is on the screen now."""
        page = self.screen.page
        if not await page.evaluate("'axe' in globalThis"):
            await page.evaluate(f"{AXE.read_text()}; undefined")
        found: list[str] = [*await page.evaluate(ASK_AXE, TAGS), *await page.evaluate(MEASURE, LEAST_PX)]
        texts: list[str] = await page.evaluate(READ)
        return found + [f"not {language}: {text[:80]}" for text in texts if self.foreign(text, language)]

    def foreign(self, text: str, language: str) -> bool:
        """Whether this text is in the other language: an entry of its word files, or letters only it has."""
        others = dictionaries()["en" if language == "vi" else "vi"]
        rest = self.own.sub(" ", text).strip()
        if not any(letter.isalpha() for letter in rest):
            return False
        if rest in others or any(_stands_in(word, rest) for word in others if len(word) >= LONG and " " in word):
            return True
        return language == "en" and any(letter.isalpha() and not letter.isascii() for letter in rest)


def _stands_in(word: str, text: str) -> bool:
    at = text.find(word)
    if at < 0:
        return False
    before, after = text[:at][-1:], text[at + len(word) :][:1]
    return not before.isalnum() and not after.isalnum()


def own_texts(rows: list[dict[str, Any]]) -> set[str]:
    """Every text of these rows, and the words of those that are names."""
    found: set[str] = set()
    waiting: list[Any] = list(rows)
    while waiting:
        match waiting.pop():
            case dict() as inner:
                waiting.extend(inner.values())
            case list() as inner:
                waiting.extend(inner)
            case str() as text:
                found |= {text, *(word for word in text.split() if not word.isascii())}
    return found


def gathered(faults: list[tuple[str, str]]) -> str:
    """One line a fault, with the views that show it."""
    sorted_faults = sorted(faults, key=lambda one: one[1])
    lines = []
    for fault, views in groupby(sorted_faults, key=lambda one: one[1]):
        names = [name for name, _ in views]
        lines.append(f"{fault}   [{len(names)}: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}]")
    return "\n".join(lines)
