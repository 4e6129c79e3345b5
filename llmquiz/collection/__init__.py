"""From folders of YAML to a Collection that answers by id, or to every fault with its line."""
