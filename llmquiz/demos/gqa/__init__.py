"""Attention with fewer key and value heads: what MHA, GQA, MQA and MLA keep and cost, and heads that are merged."""
