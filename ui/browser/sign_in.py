"""Signing in by OpenID Connect, where the installation has set it up in Streamlit's secrets."""

import streamlit as st
from streamlit.errors import Error as StreamlitError

from ui.browser.safe_text import plain
from ui.browser.words import word


def is_set_up() -> bool:
    """Whether a provider is configured: a section [auth] in `.streamlit/secrets.toml`."""
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def shut() -> bool:
    """Whether this visitor has yet to sign in."""
    return is_set_up() and not st.user.get("is_logged_in")


def sign_in_page() -> None:
    """Asks the visitor to sign in."""
    st.header(word("sign_in_heading"), anchor=False)
    st.markdown(word("sign_in_note"))
    if st.button(word("sign_in"), type="primary"):
        try:
            st.login()
        except StreamlitError as problem:
            st.error(plain(problem))


def sign_out_button() -> None:
    """Lets a visitor who is signed in leave."""
    if is_set_up():
        st.button(word("sign_out"), type="tertiary", on_click=st.logout)
