"""Saying facts in one language: from a `Fact` to words with entity labels and clause roles."""

import random
from collections.abc import Sequence

from semantic_tokens.world import grammar
from semantic_tokens.world.grammar import Word
from semantic_tokens.world.knowledge import ORGANISATION_TYPES, Fact, Knowledge, Ref

_ENTITY_LABEL = {"person": "PER", "organisation": "ORG", "place": "LOC", "number": "DATE"}
_OPENINGS = ("today", "then", "here", "there", "also")
_OPENED = 0.15
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_QUESTION_GLOSS = {"person": "who", "place": "where", "number": "when"}


class Speaker:
    """Says the facts of one split in one language; which synonym or inflected form is used is drawn from `rng`."""

    def __init__(self, knowledge: Knowledge, lang: str, rng: random.Random) -> None:
        self.knowledge, self.lexicon, self.lang, self.rng = knowledge, knowledge.lexicon, lang, rng
        self.profile = grammar.PROFILES[lang]
        self.names = {split: pools[lang] for split, pools in knowledge.names.items()}

    @property
    def given_names(self) -> frozenset[str]:
        return frozenset(self.lexicon.names["given"][self.lang])

    @property
    def organisation_types(self) -> frozenset[str]:
        return frozenset(self.function(kind)[0].text for kind in ORGANISATION_TYPES)

    def say(self, fact: Fact) -> list[Word]:
        words = grammar.clause(self.lang, self.roles(fact), fact.verb == "is")
        opening = self.opening() if self.rng.random() < _OPENED else []
        return grammar.statement(self.lang, [*opening, *words])

    def opening(self) -> list[Word]:
        """An adverb that changes nothing, and a comma: "Today, ..."."""
        return [*self.function(self.rng.choice(_OPENINGS)), Word("," if self.lang != "zh" else "，")]

    def ask(self, fact: Fact, asked: str) -> list[Word]:
        """A question whose answer fills the role `asked`: S, O, P, L or T."""
        words = self.question_word(fact, asked)
        return grammar.question(self.lang, self.roles(fact), asked, words, fact.verb == "is")

    def ask_who(self, facts: Sequence[Fact]) -> list[Word]:
        """A question for the subject of several facts at once: who does this and does that?"""
        words = self.question_word(facts[0], "S")
        for index, fact in enumerate(facts):
            roles = {role: phrase for role, phrase in self.roles(fact).items() if role != "S"}
            words = [
                *words,
                *(self.function("and") if index else ()),
                *grammar.clause(self.lang, roles, fact.verb == "is"),
            ]
        return [*words, Word(self.profile.question_mark)]

    def roles(self, fact: Fact) -> dict[str, list[Word]]:
        """Clause role -> words; the label of an adposition is O, that of a name its entity type."""
        copular = fact.verb == "is"
        roles = {"S": self.phrase(fact.subject), "V": self.function("is") if copular else [self.concept(fact.verb)]}
        if fact.object:
            roles["P" if copular else "O"] = [*self.count(fact.count), *self.phrase(fact.object, fact.modifier)]
        if fact.place:
            roles["L"] = grammar.adpositional(self.lang, self.function("in"), self.phrase(fact.place))
        if fact.time:
            roles["T"] = self.time(fact.time)
        if fact.negated:
            roles["N"] = self.function("not")
        return roles

    def question_word(self, fact: Fact, asked: str) -> list[Word]:
        value = {"S": fact.subject, "O": fact.object, "P": fact.object, "L": fact.place, "T": fact.time}[asked]
        if value is None:
            raise ValueError(f"the fact {fact} has no role {asked!r} to ask for")
        gloss = "where" if asked == "L" else _QUESTION_GLOSS.get(value.kind, "what")
        return self.function(gloss)

    def phrase(self, ref: Ref, modifier: str = "") -> list[Word]:
        if ref.kind == "concept":
            noun = [self.concept(str(ref.key))]
            words = grammar.modified(self.lang, [self.concept(modifier)], noun) if modifier else noun
            return [*self.function("the"), *words]
        names = self.entity(ref)
        label = _ENTITY_LABEL[ref.kind]
        return [Word(name, f"{'I' if index else 'B'}-{label}") for index, name in enumerate(names)]

    def count(self, number: int) -> list[Word]:
        """A number before a noun, in letters or in digits; 0 stands for none."""
        if not number:
            return []
        spelt = self.function(_NUMBERS[number - 1])
        return spelt if self.rng.random() < 0.5 else [Word(str(number))]

    def time(self, ref: Ref) -> list[Word]:
        """A year carries the language's word for year (in Turkish, in the locative: it needs no adposition)."""
        words = self.phrase(ref)
        if ref.kind == "number":
            year = self.function("year-word")
            words = [*year, *words] if self.profile.year_first else [*words, *year]
            if self.profile.year_is_locative:
                return words
        return grammar.adpositional(self.lang, self.function("in"), words)

    def entity(self, ref: Ref) -> list[str]:
        """The name of a person (two words), place, organisation (two words) or number."""
        if ref.kind == "number":
            return [str(ref.key)]
        index, names = int(ref.key), self.names[ref.split]
        if ref.kind == "place":
            return [names["place"][index]]
        if ref.kind == "person":
            family_index, given_index = divmod(index, self.knowledge.sizes[ref.split]["given"])
            given, family = names["given"][given_index], names["family"][family_index]
            return [family, given] if self.profile.family_first else [given, family]
        stem_index, type_index = divmod(index, len(ORGANISATION_TYPES))
        stem, generic = names["organisation"][stem_index], self.function(ORGANISATION_TYPES[type_index])[0].text
        return [generic, stem] if self.profile.generic_first else [stem, generic]

    def concept(self, name: str) -> Word:
        """The dictionary word half of the time, otherwise one of the other forms."""
        forms = self.lexicon.concepts[name].forms[self.lang]
        return Word(forms[0] if self.rng.random() < 0.5 else self.rng.choice(forms))

    def function(self, gloss: str) -> list[Word]:
        return grammar.function_word(self.lexicon, self.lang, gloss)
