"""Introductions: a host proposes that two members meet, and when both have said yes each is told who the other is."""
