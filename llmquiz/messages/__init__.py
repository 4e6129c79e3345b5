"""Every text of the interface, in English and in Chinese, side by side."""
