"""HTML that cannot be broken by what stands in it: whatever is not markup is escaped."""

from collections.abc import Iterable
from html import escape

VOID = frozenset({"br", "meta", "col", "hr"})


class Markup(str):
    """Text that is HTML already; only `element`, `join` and `raw` make it."""

    __slots__ = ()


Content = str | Iterable["Content"] | None


def element(name: str, /, *content: Content, **attributes: str | float | None) -> Markup:
    """Return `<name attributes>content</name>`; content and attributes are escaped unless they are markup.

    Parameters
    ----------
    content
        Texts, markup, or (nested) sequences of them; None stands for nothing.
    attributes
        `class_` is written `class`, other underscores as hyphens; None leaves an attribute out.
    """
    opening = f"<{name}{_attributes(attributes)}>"
    if name in VOID:
        return Markup(opening)
    return Markup(f"{opening}{join(*content)}</{name}>")


def join(*content: Content) -> Markup:
    """Put contents behind each other, escaped unless they are markup."""
    return Markup("".join(_texts(content)))


def raw(words: str) -> Markup:
    """Declare words of our own to be HTML."""
    return Markup(words)


def _texts(content: Iterable[Content]) -> Iterable[str]:
    for one in content:
        if one is None:
            continue
        if isinstance(one, Markup):
            yield one
        elif isinstance(one, str):
            yield escape(one, quote=False)
        else:
            yield from _texts(one)


def _attributes(attributes: dict[str, str | float | None]) -> str:
    words = []
    for key, value in attributes.items():
        if value is None:
            continue
        name = "viewBox" if key == "view_box" else key.rstrip("_").replace("_", "-")
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        words.append(f' {name}="{escape(shown, quote=True)}"')
    return "".join(words)
