"""Uploads files into a thread: an address for each, its bytes, and one message that shares them all."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

from slack_sdk import WebClient

from ui.slack.patience import Later, seconds_asked


def share_files(client: WebClient, files: dict[str, bytes], channel: str, thread: str, comment: str) -> None:
    """Shares files in one message. Raises Later where Slack asks to wait, SlackApiError and OSError as the client does.

    Nothing is seen in the thread before the last step, so an upload that was broken off may begin anew.
    """
    placed: list[dict[str, str | None]] = [
        {"id": _placed(client, name, content), "title": name} for name, content in files.items()
    ]
    client.files_completeUploadExternal(files=placed, channel_id=channel, thread_ts=thread, initial_comment=comment)


def _placed(client: WebClient, name: str, content: bytes) -> str:
    place = client.files_getUploadURLExternal(filename=name, length=len(content))
    url = str(place["upload_url"])
    if not url.startswith(("https://", "http://")):
        raise OSError("Slack named an address for the file that is none")
    try:
        urlopen(Request(url, content), timeout=client.timeout).close()  # noqa: S310  (checked above)
    except HTTPError as error:
        error.close()
        if error.code == 429:
            raise Later(seconds_asked(error.headers)) from error
        raise
    return str(place["file_id"])
