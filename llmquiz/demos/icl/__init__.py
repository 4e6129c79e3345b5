"""In-context learning by decoder, encoder and encoder–decoder: is it the mask, the loss on every token, or neither?"""
