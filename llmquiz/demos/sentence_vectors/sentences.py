"""Sentences of ours, each with what agrees with it and what does not; all of them were written before any was measured.

Eight are of everyday life, eight of our trade. Each has two parties that can change places, and a number.
"""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """A sentence and those that are made from it."""

    sentence: str
    paraphrase: str
    """The same in other words, as somebody else would put it."""
    synonym: str
    """The same with a single word exchanged: as small a change as the three that follow."""
    negation: str
    swap: str
    """Who does it and who it is done to have changed places."""
    number: str
    """With another number."""
    question: str
    """Whether the sentence is true."""


FAMILIES = (
    Family(
        "The dog chased two cats across the garden.",
        "A pair of cats ran over the lawn with the dog right behind them.",
        "The dog pursued two cats across the garden.",
        "The dog did not chase two cats across the garden.",
        "Two cats chased the dog across the garden.",
        "The dog chased six cats across the garden.",
        "Did the dog chase two cats across the garden?",
    ),
    Family(
        "The teacher thanked the mayor for the 30 books.",
        "The mayor heard from the teacher how grateful she was for the 30 books.",
        "The teacher thanked the mayor for the 30 volumes.",
        "The teacher did not thank the mayor for the 30 books.",
        "The mayor thanked the teacher for the 30 books.",
        "The teacher thanked the mayor for the 80 books.",
        "Did the teacher thank the mayor for the 30 books?",
    ),
    Family(
        "Anna sold her car to Peter for 4,000 euros.",
        "Peter bought Anna's car, and it cost him 4,000 euros.",
        "Anna sold her automobile to Peter for 4,000 euros.",
        "Anna did not sell her car to Peter for 4,000 euros.",
        "Peter sold his car to Anna for 4,000 euros.",
        "Anna sold her car to Peter for 9,000 euros.",
        "Did Anna sell her car to Peter for 4,000 euros?",
    ),
    Family(
        "The train to Lyon leaves 20 minutes before the bus.",
        "If you take the bus, you set off 20 minutes later than on the train to Lyon.",
        "The train to Lyon departs 20 minutes before the bus.",
        "The train to Lyon does not leave 20 minutes before the bus.",
        "The bus to Lyon leaves 20 minutes before the train.",
        "The train to Lyon leaves 50 minutes before the bus.",
        "Does the train to Lyon leave 20 minutes before the bus?",
    ),
    Family(
        "The red team beat the blue team by three goals.",
        "Three goals was the margin by which the blues lost against the reds.",
        "The red team defeated the blue team by three goals.",
        "The red team did not beat the blue team by three goals.",
        "The blue team beat the red team by three goals.",
        "The red team beat the blue team by five goals.",
        "Did the red team beat the blue team by three goals?",
    ),
    Family(
        "The doctor sent the patient three letters in May.",
        "In May, three letters from the doctor arrived at the patient's home.",
        "The physician sent the patient three letters in May.",
        "The doctor did not send the patient three letters in May.",
        "The patient sent the doctor three letters in May.",
        "The doctor sent the patient seven letters in May.",
        "Did the doctor send the patient three letters in May?",
    ),
    Family(
        "The bakery pays the farmer 90 cents for every egg.",
        "For each egg that the farmer delivers, he gets 90 cents from the bakery.",
        "The bakery pays the farmer 90 cents for each egg.",
        "The bakery does not pay the farmer 90 cents for every egg.",
        "The farmer pays the bakery 90 cents for every egg.",
        "The bakery pays the farmer 40 cents for every egg.",
        "Does the bakery pay the farmer 90 cents for every egg?",
    ),
    Family(
        "The lawyer owes the banker 500 dollars.",
        "There are 500 dollars that the banker still has to get back from the lawyer.",
        "The attorney owes the banker 500 dollars.",
        "The lawyer does not owe the banker 500 dollars.",
        "The banker owes the lawyer 500 dollars.",
        "The lawyer owes the banker 200 dollars.",
        "Does the lawyer owe the banker 500 dollars?",
    ),
    Family(
        "The decoder reads the 512 states of the encoder.",
        "All 512 states that the encoder has computed are visible to the decoder.",
        "The decoder sees the 512 states of the encoder.",
        "The decoder does not read the 512 states of the encoder.",
        "The encoder reads the 512 states of the decoder.",
        "The decoder reads the 64 states of the encoder.",
        "Does the decoder read the 512 states of the encoder?",
    ),
    Family(
        "The small model drafts 4 tokens that the large model checks.",
        "Four tokens are proposed by the little network and then verified by the big one.",
        "The small model drafts 4 tokens that the large model verifies.",
        "The small model does not draft 4 tokens that the large model checks.",
        "The large model drafts 4 tokens that the small model checks.",
        "The small model drafts 16 tokens that the large model checks.",
        "Does the small model draft 4 tokens that the large model checks?",
    ),
    Family(
        "The new GPU trains the model 3 times faster than the old GPU.",
        "With the old GPU, training the model takes 3 times as long as with the new one.",
        "The new GPU trains the model 3 times quicker than the old GPU.",
        "The new GPU does not train the model 3 times faster than the old GPU.",
        "The old GPU trains the model 3 times faster than the new GPU.",
        "The new GPU trains the model 10 times faster than the old GPU.",
        "Does the new GPU train the model 3 times faster than the old GPU?",
    ),
    Family(
        "The server sends the client 8 requests per second.",
        "Every second, 8 requests from the server reach the client.",
        "The server sends the client 8 requests each second.",
        "The server does not send the client 8 requests per second.",
        "The client sends the server 8 requests per second.",
        "The server sends the client 60 requests per second.",
        "Does the server send the client 8 requests per second?",
    ),
    Family(
        "The student model copies the answers of 5 teacher models.",
        "What 5 teacher models say is imitated by the student.",
        "The student model imitates the answers of 5 teacher models.",
        "The student model does not copy the answers of 5 teacher models.",
        "5 teacher models copy the answers of the student model.",
        "The student model copies the answers of 2 teacher models.",
        "Does the student model copy the answers of 5 teacher models?",
    ),
    Family(
        "Adam needs 3 times as much memory as SGD.",
        "The memory that SGD takes is a third of what Adam takes.",
        "Adam requires 3 times as much memory as SGD.",
        "Adam does not need 3 times as much memory as SGD.",
        "SGD needs 3 times as much memory as Adam.",
        "Adam needs 7 times as much memory as SGD.",
        "Does Adam need 3 times as much memory as SGD?",
    ),
    Family(
        "The compiler found 12 errors in the parser.",
        "There are 12 mistakes in the parser, according to the compiler.",
        "The compiler detected 12 errors in the parser.",
        "The compiler did not find 12 errors in the parser.",
        "The parser found 12 errors in the compiler.",
        "The compiler found 2 errors in the parser.",
        "Did the compiler find 12 errors in the parser?",
    ),
    Family(
        "The router forwards 100 packets to the firewall.",
        "100 packets reach the firewall by way of the router.",
        "The router passes 100 packets to the firewall.",
        "The router does not forward 100 packets to the firewall.",
        "The firewall forwards 100 packets to the router.",
        "The router forwards 900 packets to the firewall.",
        "Does the router forward 100 packets to the firewall?",
    ),
)

AGREE = ("paraphrase", "synonym")
DIFFER = ("negation", "swap", "number")
KINDS = (*AGREE, *DIFFER)
"""The variants of a sentence, those that mean the same before those that do not; fields of `Family`."""
