"""The lesson's films: theme, layout, equations, choreography, and one scene a file."""
