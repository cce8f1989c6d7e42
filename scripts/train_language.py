"""Builds the models that read clauses, words and figures and weigh what is heard, from the labelled messages.

Writes knowledge/language/models/*.npz; a test tells when they are older than what they are learnt from.
"""

from tests.benchmarks.understanding.building import build

if __name__ == "__main__":
    for path in build():
        print(path.name)
