"""What a JupyterHub for this course needs, whatever starts its servers; see README.md beside it.

The test starts this file as it stands. It says nothing about who may log in, in which account a
server runs and how much memory it may take: that is the hub's own affair (The Littlest JupyterHub
sets all three), and the test passes its own answers as options.
"""

c = get_config()  # noqa: F821 (JupyterHub defines it)

# Each start of a student's server hands out what is new (commands/hub.py). `python` is the one in
# which the course is installed.
c.Spawner.cmd = ["python", "-m", "commands.hub"]
c.Spawner.default_url = "/lab/tree/my_notebooks"

# A kernel whose page is closed holds its memory; after 20 minutes without one it is stopped.
c.Spawner.args = ["--MappingKernelManager.cull_idle_timeout=1200"]

# Thirty servers that start at once take longer than the default 30 seconds.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
