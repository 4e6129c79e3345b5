"""How an answer is read, in Chinese, English or both."""
