"""What a JupyterHub for this course needs, whatever starts its servers; see README.md beside it.

The test uses this file unchanged. It does not say who may log in, in which account a server runs or
how much memory it may use (1 GB, if nothing says so): that is for the hub to decide (The Littlest
JupyterHub sets all three), and the test passes its own settings as options.
"""

c = get_config()  # noqa: F821 (JupyterHub defines it)

# Each time a student's server starts, it hands out what is new (commands/hub.py). `python` is the
# one in which the course is installed. With -P and -s it imports nothing from the student's home: a
# file random.py there, or an old package from `pip install --user`, would stop every later start.
c.Spawner.cmd = ["python", "-P", "-s", "-m", "commands.hub"]
# Nor does it read a configuration there, in which one mistake would do the same.
c.Spawner.disable_user_config = True
c.Spawner.default_url = "/lab/tree/my_notebooks"

# A kernel keeps its memory when its page is closed; after 20 minutes without a page it is stopped.
c.Spawner.args = ["--MappingKernelManager.cull_idle_timeout=1200"]

# Thirty servers starting at once take longer than the default of 30 seconds.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
