"""``python -m z2jh_wizard`` is the same as ``z2jh-wizard``."""

import sys

from z2jh_wizard.cli import main

sys.exit(main())
