"""The words of the domain: immutable values and closed unions, and no behaviour but their own."""
