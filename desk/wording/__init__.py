"""The words that people read, in English and in Chinese: gettext catalogues, dates and numbers by locale."""

from desk.wording.language import LANGUAGES, choose_language
from desk.wording.words import Words, words

__all__ = ["LANGUAGES", "Words", "choose_language", "words"]
