"""Exercise checks: `from course_utils.checks import lesson_01 as check`, one module a lesson."""
