"""Signing in and out: by choosing a member in development, through identity providers, and where one is signed in."""
