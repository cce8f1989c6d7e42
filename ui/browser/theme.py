"""How the pages look: colours for light and dark, and the few rules that Streamlit has no option for."""

FLAGS: dict[str, object] = {
    "theme.baseRadius": "medium",
    "theme.font": "sans-serif",
    "theme.light.primaryColor": "#0b5cad",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f2f5f9",
    "theme.light.textColor": "#16202c",
    "theme.light.linkColor": "#0b5cad",
    "theme.dark.primaryColor": "#7db8f5",
    "theme.dark.backgroundColor": "#10161e",
    "theme.dark.secondaryBackgroundColor": "#1b2531",
    "theme.dark.textColor": "#e8eef5",
    "theme.dark.linkColor": "#7db8f5",
}

STYLE = """
<style>
.stMainBlockContainer { padding-top: .75rem; padding-bottom: 1rem; max-width: 88rem; }
.stAppHeader { background: transparent; height: 0; min-height: 0; }
.st-key-nav { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); padding-bottom: .25rem; }
[data-testid="stBottomBlockContainer"] { padding-top: .5rem; padding-bottom: 1rem; max-width: 88rem; }
@media (min-width: 900px) {
  .stColumn:has(.st-key-panel) {
    position: sticky; top: .75rem; align-self: flex-start; max-height: calc(100vh - 7.5rem); overflow-y: auto;
    padding-right: .5rem;
  }
}
.stColumn:has(.st-key-panel) h3, .st-key-start h1 { padding-top: 0; }
.st-key-start { max-width: 64rem; }
[data-testid="stCaptionContainer"] { opacity: 1; }
[data-testid="stCaptionContainer"] p, blockquote p {
  color: color-mix(in srgb, currentColor 80%, transparent); opacity: 1;
}
.stMarkdown blockquote { opacity: 1; color: inherit; }
.st-key-changed { border-left: 3px solid #d08700; padding-left: .75rem; }
.stMarkdown table { font-size: .9rem; }
.stMarkdown:has(table) { overflow-x: auto; }
article.memo { max-width: 52rem; line-height: 1.6; }
article.memo table, article.memo svg { max-width: 100%; border-collapse: collapse; }
article.memo .table { overflow-x: auto; }
article.memo th, article.memo td {
  text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent);
}
article.memo td.figure, article.memo th.figure { text-align: right; font-variant-numeric: tabular-nums; }
article.memo pre { overflow-x: auto; font-size: .75rem; max-height: 16rem; }
article.memo figure svg { background: #fff; border-radius: .5rem; }
article.memo blockquote { border-left: 3px solid currentColor; margin-left: 0; padding-left: 1rem; }
button.cite {
  border: 0; background: none; color: inherit; font: inherit; font-size: .85em; padding: 0 .1rem; cursor: pointer;
  text-decoration: underline; min-width: 1.5rem; min-height: 1.5rem;
}
[popover] {
  max-width: min(34rem, 90vw); max-height: 80vh; overflow-y: auto; padding: 1rem 1.25rem; border-radius: .5rem;
  border: 1px solid #8895a5; color: #16202c; background: #fff; box-shadow: 0 8px 32px rgb(0 0 0 / .3);
  margin: auto; line-height: 1.5;
}
.claim-id { font-size: .8rem; color: color-mix(in srgb, currentColor 75%, transparent); }
ul.claims { padding-left: 1.2rem; } ul.claims li { margin-bottom: .6rem; }
</style>
"""
