"""Steps written out, an answer at once, dots in the place of steps: is the number of ones odd?"""
