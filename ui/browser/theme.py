"""How the pages look: colours for light and dark, and the few rules that Streamlit has no option for."""

from pathlib import Path

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

STYLE = Path(__file__).with_name("style.css")
