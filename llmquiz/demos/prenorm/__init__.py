"""Where the norm stands: gradients by depth, and the largest learning rate that still trains."""
