"""A state space model beside attention: a state of fixed size, linear work, and what it forgets."""
