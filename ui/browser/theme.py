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
.stMainBlockContainer { padding-top: 1rem; padding-bottom: 7rem; max-width: 88rem; }
.stAppHeader { background: transparent; height: 0; }
.st-key-nav { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); padding-bottom: .25rem; }
@media (min-width: 900px) {
  .stColumn:has(> div > .st-key-panel), .stColumn:has(.st-key-panel) {
    position: sticky; top: 1rem; align-self: flex-start; max-height: calc(100vh - 8rem); overflow-y: auto;
    padding-right: .5rem;
  }
}
[data-testid="stCaptionContainer"] { opacity: 1; color: inherit; }
[data-testid="stCaptionContainer"] p { color: color-mix(in srgb, currentColor 78%, transparent); }
.st-key-changed { border-left: 3px solid #d08700; padding-left: .75rem; }
</style>
"""
