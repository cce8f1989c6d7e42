"""The exception family.

    ConsultError                 anything that the product can say in one sentence
    ├── InputError               what was given cannot be used: name, value, what is allowed (exit code 2)
    ├── KnowledgeError           a file of the knowledge base is broken: file, line, reason
    ├── UnavailableError         an optional part or service is missing: which, and how to get it
    ├── StoreError               a session could not be read or saved: what was kept, what to do
    └── VerificationError        a text contains something that cannot be proven: the text and the reason

A message says what happened, the offending value, where it stands, and the next step. It is written for
the person who reads it, so it is shown as it is.
"""


class ConsultError(Exception):
    """Anything that went wrong and can be told in one sentence."""


class InputError(ConsultError):
    """What was given cannot be used; nothing was changed."""


class KnowledgeError(ConsultError):
    """A file of the knowledge base does not say what it must."""


class UnavailableError(ConsultError):
    """An optional part or an outside service is not there."""


class StoreError(ConsultError):
    """A session could not be read or saved."""


class VerificationError(ConsultError):
    """A text claims something that no fact, trace or claim supports."""
