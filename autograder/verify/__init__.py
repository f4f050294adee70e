"""The bank proves the checks: solutions and other right answers get full marks, mistakes lose some and are named."""
