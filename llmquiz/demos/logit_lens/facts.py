"""Beginnings of sentences whose next word is a fact.

All that were written before the first was tried: none was taken out for what a model says of it.
"""

from __future__ import annotations

CAPITALS = {
    "France": "Paris",
    "Italy": "Rome",
    "Japan": "Tokyo",
    "Germany": "Berlin",
    "Russia": "Moscow",
    "Spain": "Madrid",
    "England": "London",
    "Egypt": "Cairo",
    "Greece": "Athens",
    "China": "Beijing",
    "Austria": "Vienna",
    "Cuba": "Havana",
    "Turkey": "Ankara",
    "Portugal": "Lisbon",
    "Poland": "Warsaw",
    "Ireland": "Dublin",
}
OTHERS = {
    "The opposite of hot is": "cold",
    "The opposite of up is": "down",
    "The day after Monday is": "Tuesday",
    "The month after March is": "April",
    "Two plus two equals": "four",
    "The color of the sky is": "blue",
    "The color of snow is": "white",
    "The largest planet in the solar system is": "Jupiter",
    "The planet closest to the Sun is": "Mercury",
    "The chemical formula of water is": "H",
    "The language spoken in Brazil is": "Portuguese",
    "The language spoken in Japan is": "Japanese",
    "The language spoken in Germany is": "German",
    "The language spoken in Italy is": "Italian",
}
FACTS = tuple((f"The capital of {land} is", city) for land, city in CAPITALS.items()) + tuple(OTHERS.items())
"""The beginning and the next word, of which the first token counts; the capitals come first."""
