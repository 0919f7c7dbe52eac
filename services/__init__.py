"""The use cases, one function each: one transaction, effects outside it."""
