"""Sign-in through identity providers by OpenID Connect: authorization code with PKCE, and their word on logouts."""
