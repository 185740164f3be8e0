"""Which environment variable holds a project's own Railway token."""

import re


def railway_variable(project: str) -> str:
    """Name the variable of the token that sees *project*'s staging."""
    return f"RAILWAY_TOKEN_{re.sub('[^A-Z0-9]', '_', project.upper())}"


def production_variable(project: str) -> str:
    """Name the variable of the token that sees *project*'s production."""
    return f"{railway_variable(project)}_PRODUCTION"


def railway_variables(project: str) -> tuple[str, str]:
    """Name both variables of *project*, staging first."""
    return railway_variable(project), production_variable(project)
