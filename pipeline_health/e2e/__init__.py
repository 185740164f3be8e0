"""The operator's own end-to-end tests, as a command on this host."""

from pipeline_health.e2e.checkout import Checkout, CheckoutError
from pipeline_health.e2e.command import LocalEndToEnd, Surroundings

__all__ = ["Checkout", "CheckoutError", "LocalEndToEnd", "Surroundings"]
