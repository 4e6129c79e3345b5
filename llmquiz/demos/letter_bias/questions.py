"""Easy questions with four options each; the right one stands first here and is moved by whoever asks."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    """A question, the right answer and three wrong ones."""

    text: str
    options: tuple[str, str, str, str]


QUESTIONS = (
    Question("What is the capital of France?", ("Paris", "Madrid", "Rome", "Berlin")),
    Question("How many legs does a spider have?", ("eight", "six", "four", "ten")),
    Question("What do bees make?", ("honey", "milk", "bread", "paper")),
    Question("Which planet do we live on?", ("Earth", "Mars", "Venus", "Jupiter")),
    Question("What is frozen water called?", ("ice", "steam", "sand", "oil")),
    Question("In which country is Tokyo?", ("Japan", "China", "Brazil", "Egypt")),
    Question("What is the opposite of hot?", ("cold", "tall", "loud", "early")),
    Question("What gas do people need to breathe?", ("oxygen", "helium", "neon", "methane")),
    Question("How many days are there in a week?", ("seven", "five", "nine", "twelve")),
    Question("Which animal barks?", ("a dog", "a cat", "a cow", "a duck")),
    Question("What colour is grass?", ("green", "red", "purple", "white")),
    Question("Who wrote Romeo and Juliet?", ("William Shakespeare", "Charles Dickens", "Mark Twain", "Jane Austen")),
    Question("What is the largest ocean?", ("the Pacific", "the Atlantic", "the Indian Ocean", "the Arctic Ocean")),
    Question("What do you use to cut paper?", ("scissors", "a spoon", "a pillow", "a candle")),
    Question("Which season comes after winter?", ("spring", "summer", "autumn", "the monsoon")),
    Question("What does a thermometer measure?", ("temperature", "weight", "distance", "speed")),
    Question("Which organ pumps the blood?", ("the heart", "the liver", "the lungs", "the stomach")),
    Question("What is the capital of Italy?", ("Rome", "Paris", "London", "Athens")),
    Question("What is two plus two?", ("four", "three", "seven", "one")),
    Question("What do cows give us to drink?", ("milk", "tea", "wine", "lemonade")),
    Question("What is the medal for first place made of?", ("gold", "silver", "bronze", "wood")),
    Question("What shines in the sky by day?", ("the sun", "the moon", "a lamp", "a comet")),
    Question("Where do fish live?", ("in water", "in trees", "in the sand", "in the clouds")),
    Question("What is a young cat called?", ("a kitten", "a puppy", "a calf", "a lamb")),
    Question("What do you open a locked door with?", ("a key", "a fork", "a brush", "a ribbon")),
    Question("Which language is spoken in Brazil?", ("Portuguese", "French", "Japanese", "Russian")),
    Question("What falls from the clouds?", ("rain", "sugar", "gold", "smoke")),
    Question("Which of these can fly?", ("an eagle", "a horse", "a shark", "a snail")),
)
