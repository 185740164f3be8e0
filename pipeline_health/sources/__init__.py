"""What can be seen of the world: one package or module a provider, behind the ports' protocols.

A source never judges. It reads, redacts what strangers wrote, and says of every part whether it
was seen; what could not be read is Blind, with the reason.
"""
