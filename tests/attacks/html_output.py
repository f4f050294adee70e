"""Show a page with a script as a result."""

CELL = """\
from IPython.display import HTML, display

display(HTML("<script>document.title = 'owned'</script>"))
HTML("<script>fetch('/formgrader')</script>")
"""
