"""Stand-ins for Telegram's and Zoom's servers over real HTTP, and the people who use them."""
