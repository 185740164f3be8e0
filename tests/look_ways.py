"""What a look at a project can show, way by way: one view each, most of them a step from green."""

from collections.abc import Mapping

import look_ci
import look_deploys
import look_railway
import look_sight
from builders import a_view
from pipeline_health.core.model.snapshot import ProjectView

USUAL = "all is green"
LOOKS: Mapping[str, ProjectView] = {
    USUAL: a_view(),
    **look_ci.WAYS,
    **look_deploys.WAYS,
    **look_railway.WAYS,
    **look_sight.WAYS,
}
