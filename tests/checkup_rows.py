"""Every row of what `doctor` is to say, by name."""

from collections.abc import Mapping

from checkup_accounts import ACCOUNTS
from checkup_deploys import DEPLOYS
from checkup_facts import Row
from checkup_hosts import HOSTS
from checkup_repositories import REPOSITORIES

ROWS: Mapping[str, Row] = {**ACCOUNTS, **REPOSITORIES, **DEPLOYS, **HOSTS}
