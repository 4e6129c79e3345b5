"""Live experiments on models of the real `transformers` classes; every file without a leading underscore is one."""
