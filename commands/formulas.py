"""Markdown to HTML with formulas as MathML, which every browser draws itself, without a network."""

import re
from html import escape, unescape
from typing import Any

import latex2mathml.converter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

# A function's name keeps its distance from what it is applied to, and from a factor before it.
FUNCTION = re.compile(r"(?<!<msup>)(<mi>(?:cos|exp|log|sin|tanh)</mi>)(?=<m[in]>)")
FACTOR = re.compile(r"(</m[in]>)(?=<mi>(?:cos|exp|log|sin|tanh)</mi>)")
SPACE = r'\1<mspace width="0.167em" />'
# No line may begin with the comma after a formula, or end with the parenthesis before it.
WITH_COMMA = re.compile(r'\(?<math [^>]*display="inline"[^>]*>(?:(?!</math>).)*</math>[.,;:?!)]+')


class _Renderer(IPythonRenderer):
    """As nbconvert's, which would close a fold's tag before its text if it embedded pictures."""

    def block_html(self, html: str) -> str:
        return super(IPythonRenderer, self).block_html(html)

    def inline_html(self, html: str) -> str:
        return super(IPythonRenderer, self).inline_html(html)

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        # The name by which JupyterLab links to it.
        attributes["id"] = escape(unescape(re.sub("<[^>]+>", "", text)).replace(" ", "-"))
        return super().heading(text, level, **attributes)

    def inline_math(self, body: str) -> str:
        return to_mathml(body, "inline")

    def block_math(self, body: str) -> str:
        return to_mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return to_mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


def to_mathml(formula: str, display: str) -> str:
    """Return a formula as MathML, or as it was typed if it can't be read."""
    try:
        converted = latex2mathml.converter.convert(formula, display=display)
    except Exception:  # the converter has no error of its own: some mistakes end as IndexError
        return f'<code class="formula">{escape(formula)}</code>'
    return FACTOR.sub(SPACE, FUNCTION.sub(SPACE, converted))


def to_html(markdown: str, **settings: Any) -> str:
    """Return Markdown as HTML; `settings` are those of nbconvert's renderer."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True, **settings)
    return MarkdownWithMath(renderer=renderer).render(markdown)


def keep_commas(html: str) -> str:
    """Return HTML in which no line begins with what follows a formula directly."""
    return WITH_COMMA.sub(r'<span class="together">\g<0></span>', html)
