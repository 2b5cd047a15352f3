.PHONY: check test report bench lab lock score faults fortnight

check:  ## the one truth: format, lint, types, floors, tests
	sh scripts/test

test: check

report:  ## report.html from sample_logs/
	sh scripts/report

bench:  ## speed and memory, against other tools in the same run
	sh scripts/environment dev
	.venv/bin/python benchmarks/run.py

lab:  ## real servers and clients made to fail: how often logscan names the cause
	sh scripts/environment dev
	.venv/bin/python -m tests.lab

lock:  ## renew constraints/*.txt
	sh scripts/lock

score:  ## how often causes, patterns, scopes and onsets of labelled scenarios are told right
	sh scripts/environment dev
	.venv/bin/python -m tests.scenarios.score

faults:  ## runs killed 200 times over a growing, rotating log: what was lost and what was doubled
	sh scripts/environment dev
	.venv/bin/python benchmarks/kills.py

fortnight:  ## two weeks of runs every five minutes with a moving clock: what was told, and what piles up
	sh scripts/environment dev
	.venv/bin/python benchmarks/fortnight.py
