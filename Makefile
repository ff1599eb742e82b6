# Gets and starts everything below .dev/. `make help` lists the targets.
PYTHON ?= python3

.PHONY: help setup run stop status clean test lint bench proof shots

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

setup:  ## get Python packages, Odoo and PostgreSQL
	@$(PYTHON) -m dev setup

run:  ## start control plane, worker, node, mail catcher and the demo tenant
	@$(PYTHON) -m dev run

stop:  ## stop everything
	@$(PYTHON) -m dev stop

status:  ## what runs, and where
	@$(PYTHON) -m dev status

clean:  ## stop and remove .dev (the download cache stays)
	@$(PYTHON) -m dev clean

test:  ## every suite; SUITE="unit odoo" runs some
	@$(PYTHON) -m dev test $(SUITE)

lint:  ## ruff and pylint-odoo
	@$(PYTHON) -m dev lint

bench:  ## measure against the peers
	@$(PYTHON) -m dev bench

proof:  ## every matrix whole, written to docs/proof.md; SUITE="crash" runs some
	@$(PYTHON) -m dev proof $(SUITE)

shots:  ## take every screen at every width
	@$(PYTHON) -m dev shots
