"""What a JupyterHub for this course needs, whatever starts its servers; see README.md beside it.

The test starts this file as it stands. It says nothing about who may log in, in which account a
server runs and how much memory it may take: that is the hub's own affair (The Littlest JupyterHub
sets all three), and the test passes its own answers as options.
"""

c = get_config()  # noqa: F821 (JupyterHub defines it)

# Each start of a student's server hands out what is new (commands/hub.py). `python` is the one in
# which the course is installed. With -P and -s it takes no module from the student's home: a file
# random.py there, or an old package from `pip install --user`, would stop every later start.
c.Spawner.cmd = ["python", "-P", "-s", "-m", "commands.hub"]
# Nor does it read a configuration from there, where one mistake would do the same.
c.Spawner.disable_user_config = True
c.Spawner.default_url = "/lab/tree/my_notebooks"

# A kernel whose page is closed holds its memory; after 20 minutes without one it is stopped.
c.Spawner.args = ["--MappingKernelManager.cull_idle_timeout=1200"]

# Thirty servers that start at once take longer than the default 30 seconds.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
